import { lstat, mkdir, mkdtemp, rmdir, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'

/**
 * Creates a directory and those above it. Not by `recursive` of Node, which tries again and again, without end, where a
 * file system answers ENOENT although the parent is there, as /proc does.
 */
export async function makeDirectory(path: string): Promise<void> {
  const { missing } = await wayTo(path)
  for (const directory of missing)
    await mkdir(directory).catch((cause: NodeJS.ErrnoException) => {
      // Another process was faster.
      if (cause.code !== 'EEXIST') throw cause
    })
}

/**
 * Throws where files could not be written into the directory; leaves nothing, so that neither does a run that ends early. What
 * a system says of rights is not always what it does (root, network file systems, /proc), so that it is tried.
 */
export async function checkDirectory(path: string): Promise<void> {
  const { there, missing } = await wayTo(path)
  const [first] = missing
  if (first !== undefined && (await isSomething(first))) throw new Error(`${first} is a link that leads nowhere`)
  await rmdir(await mkdtemp(join(there, '.loadgate-')))
}

/** The nearest directory that is there, and what is missing below it, outermost first. */
async function wayTo(path: string): Promise<{ there: string; missing: readonly string[] }> {
  const missing: string[] = []
  let at = resolve(path)
  for (; !(await isDirectory(at)); at = dirname(at)) missing.unshift(at)
  return { there: at, missing }
}

async function isSomething(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined)) !== undefined
}

async function isDirectory(path: string): Promise<boolean> {
  const found = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    // ENOTDIR: a file stands where a directory should, and is found further up.
    if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') return undefined
    throw cause
  })
  if (found && !found.isDirectory()) throw new Error(`${path} is not a directory`)
  return found !== undefined
}
