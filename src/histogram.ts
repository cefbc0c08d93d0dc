/** A histogram of microseconds as text: `h1:` and base64 of sparse (index, count) pairs. */
export type HistogramText = string
