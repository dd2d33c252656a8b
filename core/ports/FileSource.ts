/** Opens files the user may read; where they may lie is the host's business. */
export interface FileSource {
	/**
	 * The file's bytes in order, gunzipped when the name ends in `.gz`, read piece by piece.
	 * @throws FileFailure when it isn't there, may not be read, or ends in the middle
	 */
	open(path: string, signal?: AbortSignal): AsyncIterable<Uint8Array>;
}

export class FileFailure extends Error {
	override readonly name = 'FileFailure';

	constructor(
		readonly reason: 'notFound' | 'notAllowed' | 'truncated' | 'unreadable',
		message: string,
		options?: ErrorOptions,
	) {
		super(message, options);
	}
}
