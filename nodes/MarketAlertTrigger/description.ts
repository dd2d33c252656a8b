import type { INodeProperties } from 'n8n-workflow';

import { noiseField } from '../host/noiseOptions';
import { ruleOptions } from '../host/ruleOptions';
import { ruleParameters } from '../host/ruleParameters';
import { sourceFields, sourceOptions } from '../sources';

/** The trigger's fields: where events come from, then those of a rule. Fresh at each call. */
export function alertTriggerParameters(): INodeProperties[] {
	const options = [...sourceOptions(), ...ruleOptions('feed'), unknownAfterOption()];
	return [
		...sourceFields({ receive: false }),
		...ruleParameters(
			options.sort((one, other) => one.displayName.localeCompare(other.displayName, 'en')),
		),
		noiseField('withClock'),
	];
}

const unknownAfterOption = (): INodeProperties => ({
	displayName: 'Unknown After',
	name: 'unknownAfter',
	type: 'string',
	default: '',
	placeholder: 'e.g. 15m',
	description:
		'A symbol without an event for that long is no longer known: nothing fires, resolves or reminds until it is heard again. Empty: what was known last stays so.',
});
