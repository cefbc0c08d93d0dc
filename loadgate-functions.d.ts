/**
 * Types for the module that a profile names under `functions`.
 *
 *     /** @import { Context } from 'loadgate' *\/
 *
 *     /** @param {string} userId  @param {Context} context *\/
 *     export const sign = (userId, context) => `${userId}.${context.iteration}`
 *
 * Where Loadgate is no dependency, copy this file beside the module and import from './loadgate-functions.d.ts'.
 */

/** What stands for `${…}`. A function that returns anything else, or throws, fails its request, which is then not sent. */
export type Value = string | number | bigint | boolean

/** An argument: columns, captured values and what generators make are text, literals are what they are. */
export type Argument = string | number | boolean | null

/** The pass of a user that a function is called for: its last argument, to be read only. */
export interface Context {
  /** From 1 on: no two users of a load have the same. */
  readonly user: number
  /** From 1 on: no two iterations of a load have the same. */
  readonly iteration: number
  /** Of the thread or task, from 1 on. */
  readonly worker: number
  /** A number in [0, 1) that follows from the seed and the iteration: the same in every run, however many workers there are. */
  random(): number
  /** Milliseconds since 1970. */
  now(): number
  /** What an earlier step of the scenario has captured under this name. */
  captured(name: string): string | undefined
}

/** A whole answer, as a check is shown it. */
export interface Answer {
  readonly status: number
  readonly text: string
  /** The body read as JSON; undefined where it is none. */
  readonly json: unknown
  /** Values of a header that came more than once are one list, parted by commas. */
  header(name: string): string | undefined
}

/** Under `expect: { check: name }`: true for a good answer; false, or in words what is wrong with it. */
export type CheckFunction = (answer: Answer, context: Context) => boolean | string
