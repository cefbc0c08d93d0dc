import { stat } from 'node:fs/promises'
import * as core from '@actions/core'
import { messageOf } from '../errors.ts'
import type { Annotation } from '../report/annotations.ts'
import { secretParts } from '../secret-parts.ts'
import type { Bytes, Ms } from '../units.ts'
import { SUMMARY_LIMIT } from './limits.ts'

const CUT = '\n\n*Cut here: GitHub shows at most 1 MiB. The report directory has the whole report.*\n'

/** An input of the action, trimmed; empty when it was not given. */
export const readInput = (name: string): string => core.getInput(name)

export const setOutput = (name: string, value: string): void => core.setOutput(name, value)

/** Hands a value to the post step of this action. */
export const saveState = (name: string, value: string): void => core.saveState(name, value)

export const getState = (name: string): string => core.getState(name)

/** Also what Loadgate does not write itself: GitHub masks exact values on each line of the log. */
export function maskSecret(secret: string): void {
  secretParts(secret).forEach(core.setSecret)
}

const ISSUE = { error: core.error, warning: core.warning, notice: core.notice } as const

export function annotate({ level, file, line, column, title, message }: Annotation): void {
  const place = { title, file, startLine: line, ...(column === undefined ? {} : { startColumn: column }) }
  ISSUE[level](message, place)
}

/** Appends to the summary of the job; answers with a sentence when it is not there, or only in part. */
export async function writeSummary(markdown: string): Promise<string | undefined> {
  try {
    const room = SUMMARY_LIMIT - (await stat(process.env.GITHUB_STEP_SUMMARY ?? '')).size
    const text = cutTo(markdown, room)
    await core.summary.emptyBuffer().addRaw(text).write()
    return text === markdown ? undefined : 'The job summary was cut: GitHub shows at most 1 MiB of it.'
  } catch (cause) {
    return `The job summary could not be written: ${messageOf(cause)}`
  }
}

/** An upload that was given up cannot be aborted, and would hold the step for minutes. */
const LINGER: Ms = 2_000

/** Ends the step with this code once everything is written; anything but 0 fails it, with `message` in the log. */
export function finish(exitCode: number, message?: string): void {
  if (message !== undefined) core.error(message)
  process.exitCode = exitCode
  setTimeout(() => process.exit(), LINGER).unref()
}

/** Whole lines, at most `room` bytes of them as UTF-8. */
function cutTo(text: string, room: Bytes): string {
  if (Buffer.byteLength(text) <= room) return text
  const bytes = Buffer.from(text).subarray(0, Math.max(0, room - Buffer.byteLength(CUT)))
  return bytes.subarray(0, bytes.lastIndexOf('\n') + 1).toString() + CUT
}
