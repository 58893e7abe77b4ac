/** `DateTime64(3)` reads a decimal number of seconds; as text, so that no float rounds it. */
export function toSeconds(instant: number): string {
  return (instant / 1000).toFixed(3);
}
