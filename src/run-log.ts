import { randomBytes } from 'node:crypto'
import { link, open, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { makeDirectory } from './directories.ts'
import { LoadgateError, messageOf } from './errors.ts'
import { checkWritable } from './files.ts'
import type { Report } from './report/report.ts'
import { RUN_LOG_HEADER, renderRunLogRow } from './report/run-log.ts'
import type { Bytes } from './units.ts'

/** A first line that is longer is no header of ours. */
const LONGEST_HEADER: Bytes = 65_536
const HEADER = RUN_LOG_HEADER.trimEnd()

/** Throws where the run could not be added to the log: before the load, not after it. */
export async function checkRunLog(path: string): Promise<void> {
  await checkWritable(path)
  const header = await headerOf(path)
  if (header !== undefined) checkHeader(path, header)
}

/**
 * Adds the run as one line to the log, which is begun where there is none. One write at the end of the file, so that of two
 * runs that do so at once neither is lost.
 * @returns a sentence when it could not be done
 */
export async function appendToRunLog(path: string, report: Report): Promise<string | undefined> {
  try {
    await begin(path)
    const header = (await headerOf(path)) ?? ''
    checkHeader(path, header)
    const file = await open(path, 'a+')
    try {
      const { size } = await file.stat()
      const { buffer } = await file.read(Buffer.alloc(1), 0, 1, Math.max(0, size - 1))
      const lineEnd = header.endsWith('\r') ? '\r\n' : '\n'
      const row = renderRunLogRow(report).trimEnd() + ','.repeat(columnsBehind(header))
      await file.appendFile(`${buffer.toString() === '\n' ? '' : lineEnd}${row}${lineEnd}`)
    } finally {
      await file.close()
    }
    return undefined
  } catch (error) {
    return `The run was not added to ${path}: ${messageOf(error)}`
  }
}

/** A file that is there keeps its content: what is linked to is whole, and a link replaces nothing. */
async function begin(path: string): Promise<void> {
  const fresh = `${path}.${randomBytes(6).toString('hex')}`
  if ((await headerOf(path)) !== undefined) return
  await makeDirectory(dirname(path))
  await writeFile(fresh, RUN_LOG_HEADER)
  try {
    await link(fresh, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    await rm(fresh, { force: true })
  }
}

/** The first line as it is, without its line feed; undefined where there is no file. */
async function headerOf(path: string): Promise<string | undefined> {
  try {
    const file = await open(path)
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(LONGEST_HEADER), 0, LONGEST_HEADER, 0)
      return (
        buffer
          .toString('utf8', 0, bytesRead)
          .replace(/^\ufeff/, '')
          .split('\n', 1)[0] ?? ''
      )
    } finally {
      await file.close()
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Columns of somebody's own may stand behind ours. */
function checkHeader(path: string, header: string): void {
  const line = header.replace(/\r$/, '')
  if (line === HEADER || line.startsWith(`${HEADER},`)) return
  throw new LoadgateError('usage', `${path} does not begin with the columns of a run log`, {
    hint: `Name another file, or make its first line begin with: ${HEADER}`,
  })
}

function columnsBehind(header: string): number {
  return (
    header
      .slice(HEADER.length)
      .replace(/"(?:[^"]|"")*"/g, '')
      .split(',').length - 1
  )
}
