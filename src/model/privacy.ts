/**
 * What becomes of a field that may tell of a person before it is stored: it stays, becomes a pseudonym that is the
 * same for the same value, goes, or has e-mail addresses, numbers and the like masked.
 */
export type FieldPolicy = 'keep' | 'hash' | 'drop' | 'mask';

export interface PrivacySettings {
  text: FieldPolicy;
  /** By an attribute's name. */
  attributes: Readonly<Record<string, FieldPolicy>>;
  /** For attributes that are not named. */
  otherAttributes: FieldPolicy;
  /** Keys the pseudonyms, so that nobody without it can try values out; from `REDRESS_HASH_KEY`. */
  hashKey: string;
}
