import { startNginx } from './nginx.ts'
import { startNodeServer } from './node-server.ts'
import type { Server } from './server.ts'
import { findTool } from './tools.ts'

/** One that costs less than any client here: nginx, or else one of Node's. */
export async function startServer(): Promise<Server> {
  const nginx = findTool('nginx')
  if (nginx) return startNginx(nginx)
  console.error('!!! There is no nginx: a server on Node stands in. `npm run bench:peers` fetches nginx.')
  return startNodeServer()
}
