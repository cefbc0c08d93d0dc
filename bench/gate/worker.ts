// A thread that does pieces as it gets them.
import { parentPort } from 'node:worker_threads'
import { judged, type Piece } from './work.ts'

parentPort?.on('message', (piece: Piece) => parentPort?.postMessage(judged(piece)))
