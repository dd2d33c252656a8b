/**
 * What a verdict means over time: when an episode begins, is told, is held back, ends.
 * `advanceAlert` is the whole of it; `alertItem.ts` is the alert as it travels to the outputs.
 */
export { advanceAlert, nextDueAt } from './advanceAlert';
export {
	alertItemSchema,
	type AlertItem,
	type DeliverTo,
	type Reason,
	type Severity,
} from './alertItem';
export {
	noAlert,
	type AlertInput,
	type AlertPolicy,
	type AlertState,
	type AlertStep,
	type Episode,
	type Quiet,
	type Transition,
} from './model';
