// Chromium as the heavy stage found it, driven by playwright-core out of packages of its own.
import { join, resolve } from 'node:path'

/** Where `npm ci` has put what package.json beside this file asks for. */
const modules = resolve(process.env.BROWSER_MODULES ?? join(import.meta.dirname, 'node_modules'))

/** Of playwright-core's own types, as much as the tests use: the package is not there where the types are checked. */
export interface Browser {
  newPage(options?: PageOptions): Promise<Page>
  newContext(options: RecordingOptions): Promise<Recording>
  close(): Promise<void>
}

/** What its pages ask for and get is written down once it is closed (HAR 1.2). */
export interface Recording {
  newPage(): Promise<Page>
  /** So that somebody else comes to the same browser. */
  clearCookies(): Promise<void>
  close(): Promise<void>
}

export interface RecordingOptions {
  readonly recordHar?: { readonly path: string; readonly content: 'embed' }
}

export interface PageOptions {
  readonly viewport?: { readonly width: number; readonly height: number }
  readonly colorScheme?: 'light' | 'dark'
  readonly javaScriptEnabled?: boolean
  /** So that a script of the test runs where the page's own policy would not have it. */
  readonly bypassCSP?: boolean
}

export interface Page {
  goto(url: string, options?: { readonly timeout?: number }): Promise<unknown>
  setContent(html: string): Promise<void>
  addScriptTag(script: { readonly path: string }): Promise<unknown>
  evaluate<Result, Argument = undefined>(
    run: string | ((given: Argument) => Result | Promise<Result>),
    given?: Argument,
  ): Promise<Result>
  locator(selector: string): Locator
  readonly keyboard: { press(key: string): Promise<void> }
  readonly mouse: { wheel(x: number, y: number): Promise<void> }
  screenshot(options: { readonly path: string; readonly fullPage?: boolean }): Promise<unknown>
  on(event: 'console', listener: (message: { type(): string; text(): string }) => void): void
  on(event: 'pageerror', listener: (error: Error) => void): void
  on(event: 'request', listener: (request: { url(): string }) => void): void
  close(): Promise<void>
}

export interface Locator {
  click(): Promise<void>
  fill(text: string): Promise<void>
  setInputFiles(path: string): Promise<void>
  focus(): Promise<void>
  count(): Promise<number>
  allInnerTexts(): Promise<string[]>
  innerText(): Promise<string>
  getAttribute(name: string): Promise<string | null>
  isVisible(): Promise<boolean>
  nth(index: number): Locator
  first(): Locator
  waitFor(options?: { readonly timeout?: number }): Promise<void>
  screenshot(options: { readonly path: string }): Promise<unknown>
}

/** Without a network of its own: what it asks for by itself would be taken for the page's. Close it. */
export async function launchChromium(): Promise<Browser> {
  // What is loaded is CommonJS, and none of it is under test: jest's own loader would take it apart file by file.
  const native = process.getBuiltinModule('node:module')
  const { chromium } = native.createRequire(join(modules, 'here.js'))('playwright-core')
  return chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
    timeout: 60_000,
  })
}

/** The path of a file of one of the packages, to be given to `Page.addScriptTag`. */
export function packageFile(name: 'axe-core/axe.min.js' | `mermaid${'' | '-11-3'}/dist/mermaid.min.js`): string {
  return join(modules, name)
}
