// What a terminal obeys, shown instead of obeyed: text that is printed for people may come from customers, Bootpay, a PG or
// colleagues.

/** C0 but the line feed, DEL, C1, and what turns the direction of writing. */
const controls =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be printed.
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** As escapes, which leaves JSON the same JSON. @param passes a control at this place of the text that stays as it is. */
export function escapeControls(text: string, passes: (at: number) => boolean = () => false): string {
  return text.replace(controls, (control, at: number) => (passes(at) ? control : escapeOf(control)));
}

function escapeOf(control: string): string {
  return `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
