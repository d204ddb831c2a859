/** A failure of a module that rests on something not being there. */
import { Failure } from './errors.ts'
import type { Data } from './types.ts'
import type { Plan } from './plan.ts'

/**
 * Where a dry run cannot be sure that it is missing, since an earlier task may bring it (the folder that a package makes), the real run
 * either fails too or does what `plan` says: the dry run announces that.
 */
export class Missing extends Failure {
  readonly plan: () => Plan
  constructor(msg: string, data: Data, plan: () => Plan) { super(msg, data); this.plan = plan }
}
