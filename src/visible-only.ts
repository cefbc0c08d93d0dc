// Controls, format characters (zero width, bidi), and whatever else Unicode asks to leave invisible: text that a person
// does not see may still be read by a machine, or turn the order of what is shown.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu
// Unassigned, private or half a character: nothing is known of how it shows, or of its weight.
const UNKNOWN = /[\p{Cn}\p{Co}\p{Cs}]/gu

/** The text without its invisible characters, line ends and tabs among them, and with "\ufffd" for unknown ones. */
export function visibleOnly(text: string): string {
  return text.replace(INVISIBLE, '').replace(UNKNOWN, '\ufffd')
}
