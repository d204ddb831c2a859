/** Operators to closures: arithmetic, comparison, logic. They need the values of their operands, so what fails in one fails at once. */
import type { CompareOp, Expr } from './ast.ts'
import { compileExpr, conditional, whole } from './compile.ts'
import type { Compiler, Eval } from './compile.ts'
import { atOnce } from './deferred.ts'
import { percentFormat } from './format.ts'
import { add, div, floorDiv, mod, mul, negate, positive, pow, sub } from './numbers.ts'
import { compare, contains, equals, isTruthy, NoElse, pyStr } from './python.ts'
import { located } from './run.ts'
import type { Frame } from './run.ts'

type Operation = Expr & { readonly kind: 'not' | 'neg' | 'pos' | 'and' | 'or' | 'concat' | 'binary' | 'compare' | 'if' }

export function compileOperator(expr: Operation, c: Compiler): Eval {
  const { at } = expr
  switch (expr.kind) {
    case 'not': { const of = compileExpr(expr.of, c); return operator(at, (f) => !isTruthy(of(f))) }
    case 'neg': { const of = compileExpr(expr.of, c); return operator(at, (f) => negate(of(f))) }
    case 'pos': { const of = compileExpr(expr.of, c); return operator(at, (f) => positive(of(f))) }
    case 'and': {
      const [left, right] = [compileExpr(expr.left, c), compileExpr(expr.right, c)]
      return choice(at, left, (holds, value, f) => holds ? right(f) : value)
    }
    case 'or': {
      const [left, right] = [compileExpr(expr.left, c), compileExpr(expr.right, c)]
      return choice(at, left, (holds, value, f) => holds ? value : right(f))
    }
    case 'concat': {
      const items = expr.items.map((item) => compileExpr(item, c))
      return operator(at, (f) => items.map((item) => pyStr(whole(item(f), f))).join(''))
    }
    case 'binary': return compileBinary(expr, c)
    case 'compare': return compileCompare(expr, c)
    case 'if': {
      const inner = conditional(c)
      const [test, then] = [compileExpr(expr.test, inner), compileExpr(expr.then, inner)]
      const otherwise = expr.otherwise === undefined ? undefined : compileExpr(expr.otherwise, inner)
      const message = "the inline if-expression evaluated to false and has no 'else'"
      return choice(at, test, (holds, _, f) => holds ? then(f) : otherwise === undefined ? new NoElse(message, f.run.at(at)) : otherwise(f))
    }
    default: return expr satisfies never
  }
}

/** Errors without a place get this one. */
export const operator = (at: number, run: Eval): Eval => (f) => {
  try { return run(f) } catch (error) { throw atOnce(located(error, f.run, at)) }
}
/** What the truth of a value decides. */
const choice = (at: number, test: Eval, pick: (holds: boolean, value: unknown, f: Frame) => unknown): Eval => (f) => {
  let value: unknown, holds: boolean
  try {
    value = test(f)
    holds = isTruthy(value)
  } catch (error) { throw atOnce(located(error, f.run, at)) }
  try { return pick(holds, value, f) } catch (error) { throw located(error, f.run, at) }
}

type Binary = (a: unknown, b: unknown) => unknown
const binaries: Readonly<Record<string, Binary>> = {
  '+': add, '-': sub, '*': mul, '/': div, '//': floorDiv, '**': pow,
  '%': (a, b) => typeof a === 'string' ? percentFormat(a, b) : mod(a, b),
}
function compileBinary(expr: Expr & { readonly kind: 'binary' }, c: Compiler): Eval {
  const [left, right] = [compileExpr(expr.left, c), compileExpr(expr.right, c)]
  const operate = binaries[expr.op] ?? add
  return operator(expr.at, (f) => { const a = whole(left(f), f); return operate(a, whole(right(f), f)) })
}
const comparisons: Readonly<Record<CompareOp, (a: unknown, b: unknown) => boolean>> = {
  '==': equals, '!=': (a, b) => !equals(a, b),
  '<': (a, b) => compare(a, b, '<') < 0, '<=': (a, b) => compare(a, b, '<=') <= 0,
  '>': (a, b) => compare(a, b, '>') > 0, '>=': (a, b) => compare(a, b, '>=') >= 0,
  in: (a, b) => contains(b, a), 'not in': (a, b) => !contains(b, a),
}
function compileCompare(expr: Expr & { readonly kind: 'compare' }, c: Compiler): Eval {
  const first = compileExpr(expr.first, c)
  const rest = expr.rest.map(({ op, right, at }) => ({ test: comparisons[op], right: compileExpr(right, c), at }))
  return (f) => {
    let at = expr.at
    try {
      let left = whole(first(f), f)
      for (const one of rest) {
        at = one.at
        const right = whole(one.right(f), f)
        if (!one.test(left, right)) return false
        left = right
      }
      return true
    } catch (error) { throw atOnce(located(error, f.run, at)) }
  }
}
