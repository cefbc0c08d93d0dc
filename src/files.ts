import { access, constants, lstat, open, realpath, stat, writeFile } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, sep } from 'node:path'
import { checkDirectory, makeDirectory } from './directories.ts'
import { LoadgateError, messageOf } from './errors.ts'
import type { Bytes } from './units.ts'

/** Reads a text file of at most `limit` bytes; only regular files, so that a pipe or a device never hangs the run. */
export async function readText(path: string, limit: Bytes): Promise<string> {
  return (await readBytes(path, limit)).toString('utf8')
}

/** The same of a file of any kind. */
export async function readBytes(path: string, limit: Bytes): Promise<Buffer> {
  try {
    const file = await open(path)
    try {
      const { size } = await regular(file, path)
      if (size > limit)
        throw new LoadgateError('usage', `${path} has ${size} bytes, more than the ${limit} allowed`, {
          hint: 'Split it, or keep only what the load needs.',
        })
      return await file.readFile()
    } finally {
      await file.close()
    }
  } catch (cause) {
    if (cause instanceof LoadgateError) throw cause
    throw new LoadgateError('usage', `${path} cannot be read: ${messageOf(cause)}`, {
      hint: 'Check the path; it is taken from the current directory.',
      cause,
    })
  }
}

/** The same as text, or undefined where there is nothing. */
export async function textIfThere(path: string, limit: Bytes): Promise<string | undefined> {
  return (await bytesIfThere(path, limit))?.toString('utf8')
}

export async function bytesIfThere(path: string, limit: Bytes): Promise<Buffer | undefined> {
  const found = await lstat(path).catch(() => undefined)
  return found && readBytes(path, limit)
}

async function regular(file: Awaited<ReturnType<typeof open>>, path: string) {
  const stat = await file.stat()
  if (stat.isFile()) return stat
  throw new LoadgateError('usage', `${path} is not a regular file`, { hint: 'Name a file.' })
}

/**
 * The real path of a file that a profile names, which must lie in the profile's own directory or below: neither `..` nor
 * a symbolic link may lead to, say, another process's environment.
 */
export async function insideOf(directory: string, file: string): Promise<string> {
  const root = await realpath(directory)
  const path = await realpath(join(root, file)).catch((cause: unknown) => {
    throw new LoadgateError('usage', `${file} is not there`, {
      hint: `It is looked for in the directory "${directory}".`,
      cause,
    })
  })
  const way = relative(root, path)
  if (way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way))
    throw new LoadgateError('usage', `${file} leads out of ${directory}`, {
      hint: 'Keep the files that it names beside the profile.',
    })
  return path
}

/** Throws where `path` could not be written: before the load, not after it. */
export async function checkWritable(path: string): Promise<void> {
  try {
    await checkDirectory(dirname(path))
    const found = await stat(path).catch(() => undefined)
    if (found && !found.isFile()) throw new Error('it is not a regular file')
    if (found) await access(path, constants.W_OK)
  } catch (cause) {
    throw new LoadgateError('usage', `${path} cannot be written: ${messageOf(cause)}`, {
      hint: 'Name a place where this user may write.',
      cause,
    })
  }
}

/** Writes a file and the directories above it. */
export async function writeText(path: string, content: string | Buffer): Promise<void> {
  try {
    await makeDirectory(dirname(path))
    await writeFile(path, content)
  } catch (cause) {
    throw new LoadgateError('infrastructure', `${path} cannot be written: ${messageOf(cause)}`, {
      hint: 'The log above has the report.',
      cause,
    })
  }
}
