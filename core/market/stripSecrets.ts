const IN_QUERIES =
	/\b(token|api[-_]?key|api[-_]?token|access[-_]?key|secret|signature|password|auth)(["']?\s*[=:]\s*["']?)[^\s&"',;}]+/gi;
const IN_ADDRESSES = /(\w+:\/\/)[^\s/@]+@/g;

/**
 * A text from outside, fit to be shown: without keys and passwords, control characters and great length.
 * @param secrets what must not occur in it, wherever it stands
 */
export function stripSecrets(text: string, secrets: readonly string[] = [], most = 200): string {
	let stripped = text;
	for (const secret of secrets) {
		if (secret.length >= 4) stripped = stripped.replaceAll(secret, '***');
	}
	const clean = stripped
		.replace(IN_ADDRESSES, '$1')
		.replace(IN_QUERIES, '$1$2***')
		.replace(/[\u0000-\u001f\u007f]+/g, ' ')
		.trim();
	return clean.length > most ? `${clean.slice(0, most)} …` : clean;
}
