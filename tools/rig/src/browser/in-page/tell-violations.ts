/// <reference lib="dom" />
/** Runs before anything of the page does: what its content security policy has refused becomes an error on the console. */
export function tellViolations(): void {
  document.addEventListener('securitypolicyviolation', (event) => {
    const { effectiveDirective, blockedURI, sourceFile, lineNumber } = event;
    // eslint-disable-next-line no-console -- how the page tells whoever watches it
    console.error(
      `content security policy: ${effectiveDirective} refused ${blockedURI} at ${sourceFile}:${lineNumber}`,
    );
  });
}
