import { noticeOf } from './notice.ts'
import type { Published, Publisher } from './publisher.ts'

/** One after the other; none knows of the others, and what goes wrong in one keeps nothing from the next. */
export function publishAll(publishers: readonly Publisher[]): Publisher {
  return {
    publish: async (report): Promise<Published> => {
      const notices: string[] = []
      let commentUrl: string | undefined
      for (const publisher of publishers) {
        try {
          const published = await publisher.publish(report)
          notices.push(...published.notices)
          commentUrl ??= published.commentUrl
        } catch (error) {
          notices.push(noticeOf('A part of this', error))
        }
      }
      return { commentUrl, notices }
    },
  }
}
