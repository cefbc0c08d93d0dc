/** Of package.json, which a test holds equal: the bundle in `dist` has no package.json to read. */
export const VERSION = '0.1.0'

/** Major of the measuring engine: runs measured by different majors are not compared. */
export const ENGINE_MAJOR = '1'
