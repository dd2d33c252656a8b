/** A delivery that failed for good, in words; another run of the same workflow may end better or not. */
export class UndeliveredError extends Error {
	override readonly name = 'UndeliveredError';

	constructor(
		message: string,
		readonly again: boolean,
	) {
		super(message);
	}
}
