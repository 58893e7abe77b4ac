/** A zero, then the schema's number in four bytes. */
const PREFIX_BYTES = 5;

/**
 * A message without what a schema-registry serializer puts in front of the JSON. No JSON begins with a zero
 * byte, so the prefix is told from what is none.
 */
export function withoutRegistryPrefix(value: Buffer): Buffer {
  return value[0] === 0 && value.length > PREFIX_BYTES ? value.subarray(PREFIX_BYTES) : value;
}
