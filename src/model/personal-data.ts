/** What people write about themselves, and the word that stands in its place. Longer forms come first. */
const MASKS: readonly (readonly [RegExp, string])[] = [
  [/\b(?:https?:\/\/|www\.)\S+/giu, '[link]'],
  [/[\p{L}\p{N}._%+-]+@[\p{L}\p{N}.-]+\.\p{L}{2,}/giu, '[email]'],
  [/(?<![\p{L}\p{N}])@[\p{L}\p{N}_.]{2,}/giu, '[handle]'],
  [/\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,4})?\b/gu, '[account]'],
  // Telephone and card numbers, order numbers, postcodes of digits: any five digits or more, however they are parted.
  [/\+?(?:\(?\p{Nd}\)?[ ./-]?){4,}\p{Nd}/gu, '[number]'],
];

/**
 * A text without e-mail and web addresses, handles, account, card, telephone and other long numbers. Names of
 * people are not known for what they are, so they stay.
 */
export function maskPersonalData(text: string): string {
  return MASKS.reduce((masked, [form, name]) => masked.replaceAll(form, name), text);
}
