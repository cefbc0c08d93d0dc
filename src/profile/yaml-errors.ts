// What the YAML library calls the mistake, and what to do about it.
const MEANING: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'a tab is no indentation in YAML; use spaces',
  BAD_INDENT: 'the indentation does not fit; a line is shifted, or a bracket above is still open',
  BLOCK_AS_IMPLICIT_KEY: 'a second "key: value" on one line; begin a new line, or put the value in quotes',
  BLOCK_IN_FLOW: 'a "- " list cannot stand inside [ ] or { }; write [ a, b ]',
  BAD_SCALAR_START: 'a value cannot begin with this character; put it in quotes',
  MULTILINE_IMPLICIT_KEY: 'a key stands on one line with its ":"; is a colon missing?',
  KEY_OVER_1024_CHARS: 'a key has more than 1024 characters; is a line break missing?',
  BAD_DQ_ESCAPE: 'there is no such escape in "double quotes"; write \\\\ for a backslash, or use single quotes',
  UNEXPECTED_TOKEN: 'this does not belong here; text with : # { } [ ] , in it needs quotes, as in "${name}"',
  BAD_ALIAS: 'an alias needs a name; put text that begins with * or & in quotes',
}

export function explainYamlError(code: string, message: string): string {
  const meaning = MEANING[code]
  if (meaning) return meaning
  if (message.startsWith('Missing closing')) return 'this quote is never closed; add the second one'
  if (message.startsWith('Implicit map keys')) return 'this is neither a key nor a value; is a colon missing?'
  const said = (message.split('\n')[0] ?? '').replace(/:?\s*$/, '').replace(/^[A-Z]/, (first) => first.toLowerCase())
  return code === 'MISSING_CHAR' ? `${said}; text with : # { } [ ] , in it needs quotes` : said
}
