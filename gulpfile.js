const { dest, parallel, src } = require('gulp');

/** Copies what tsc leaves behind: icons and the codex pages that n8n's node search reads. */
const copy = (glob) => () => src(glob, { base: '.', encoding: false }).pipe(dest('dist'));

exports.default = parallel(
	copy(['nodes/**/*.{png,svg}', 'credentials/**/*.{png,svg}']),
	copy('nodes/**/*.node.json'),
);
