import type { AccessQuestion } from './question.js';
import { type AccessRule, accessRules } from './rules.js';

/** Whether access is granted, and the rule that decided. */
export interface AccessDecision {
  readonly allowed: boolean;
  readonly rule: AccessRule;
}

/** Whether a request may do what it asks for: the first rule that rules decides, and the last always does. */
export function decideAccess(question: AccessQuestion): AccessDecision {
  for (const rule of accessRules) {
    const ruling = rule(question);
    if (ruling !== undefined) return { allowed: ruling === 'allow', rule };
  }
  return { allowed: false, rule: accessRules[accessRules.length - 1] as AccessRule };
}
