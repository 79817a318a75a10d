/** A setting is wrong or unknown. The message is one sentence for a person who has to mend it. */
export class SettingsError extends Error {}
