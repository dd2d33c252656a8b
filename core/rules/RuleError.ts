/** A rule that can't be used as it is written. The message quotes what's wrong and says what to do. */
export class RuleError extends Error {
	override readonly name = 'RuleError';

	constructor(
		readonly code:
			| 'malformed'
			| 'unknownOperator'
			| 'wrongValue'
			| 'emptyGroup'
			| 'tooLarge'
			| 'notSupported'
			| 'template',
		message: string,
		options?: ErrorOptions,
	) {
		super(message, options);
	}
}
