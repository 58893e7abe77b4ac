/** A method's arguments, as they come in a form: text, with JSON for what is structured. */
export type Arguments = Readonly<Record<string, string>>;
export type Answer = { ok: true } & Record<string, unknown>;

/** A refusal, with Slack's word for it. */
export class Refused extends Error {
  constructor(
    readonly error: string,
    readonly messages: readonly string[] = [],
  ) {
    super(error);
  }
}
