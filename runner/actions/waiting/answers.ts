/** What a command asks and what is answered: patterns as pexpect has them, looked for behind what was last found. */
import { Failure } from '../../core/errors.ts'
import { pyText } from '../../core/pytext.ts'
import { BadRegex, compileRegex, firstMatch, type Pattern } from '../../core/regex.ts'
import type { Data } from '../../core/types.ts'

interface Question { readonly source: string; readonly pattern: Pattern; next(): string | undefined }

/** A dot is also a line break. */
function patternOf(source: string): Pattern {
  try { return compileRegex(/^\(\?[aiLmsux]+\)/.test(source) ? source.replace('(?', '(?s') : `(?s)${source}`) } catch (error) {
    if (error instanceof BadRegex) throw new Failure(`responses: ${error.message}`)
    throw error
  }
}

export class Answers {
  readonly #questions: readonly Question[]
  #from = 0
  constructor(responses: Data) {
    this.#questions = Object.entries(responses).map(([source, value]) => {
      const left = Array.isArray(value) ? value.map(pyText) : undefined
      return { source, pattern: patternOf(source), next: () => left === undefined ? pyText(value) : left.shift() }
    })
  }
  /** Answers to the questions in what is new, in their order; each ends with a line break. Throws where a question has no answers left. */
  * to(output: string): Generator<string> {
    for (;;) {
      const rest = output.slice(this.#from)
      let first: { readonly question: Question; readonly at: number; readonly text: string } | undefined
      for (const question of this.#questions) {
        const match = firstMatch(question.pattern, rest)
        if (match?.index !== undefined && (first === undefined || match.index < first.at)) first = { question, at: match.index, text: match[0] }
      }
      if (first === undefined || (first.text === '' && first.at >= rest.length)) return
      this.#from += first.at + Math.max(1, first.text.length)
      const answer = first.question.next()
      if (answer === undefined) throw new Failure(`No remaining responses for '${first.question.source}', output was '${output}'`)
      yield `${answer.replace(/\n+$/, '')}\n`
    }
  }
}
