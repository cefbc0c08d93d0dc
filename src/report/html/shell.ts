import { codeElement, type Html, html } from './markup.ts'
import { SCRIPT, SCRIPT_HASH, STYLE, STYLE_HASH } from './page-assets.ts'

/**
 * A page with our style and our script, and nothing else: whatever else might come into it is neither run nor fetched.
 * @param connects whether the script may ask the server that the page came from
 */
export function shell({ title, main, connects = false }: { title: string; main: Html; connects?: boolean }): string {
  const policy = [
    "default-src 'none'",
    `script-src '${SCRIPT_HASH}'`,
    `style-src '${STYLE_HASH}'`,
    ...(connects ? ["connect-src 'self'"] : []),
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  return `${
    html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
${codeElement('style', STYLE)}
</head>
<body>
<main>
${main}
</main>
${codeElement('script', SCRIPT)}
</body>
</html>`.markup
  }\n`
}
