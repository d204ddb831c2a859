/** The parts of the package ejs that ejs.ts uses; it ships no types. */
declare module 'ejs' {
  export interface EjsOptions {
    readonly filename?: string
    readonly unsafePrototypeLocals?: boolean
    readonly escape?: (value: unknown) => string
  }
  class EjsTemplate {
    constructor(text: string, options: EjsOptions)
    /** The JavaScript made from the text, once `compile` was called. */
    source: string
    compile(): (locals: object) => string
  }
  const ejs: { readonly Template: typeof EjsTemplate }
  export default ejs
}
