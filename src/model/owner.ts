/** Who answers for a metric or a slice. */
export interface Owner {
  id: string;
  name: string;
  /** Slack user id, empty when unknown. */
  slack: string;
  /** IANA name. */
  timezone: string;
  /** The owner's lead, another owner's id; empty for none. */
  lead: string;
}
