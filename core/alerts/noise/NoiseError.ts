/** Noise control that can't be used as it is written. The message quotes what's wrong and says what to do. */
export class NoiseError extends Error {
	override readonly name = 'NoiseError';

	/** Another run won't help: the user has to mend it. */
	readonly again = false;
}
