/** Resolves with the empty string at the first SIGINT or SIGTERM; a second one ends the process at once. */
export function stopSignal(): Promise<''> {
  return new Promise((resolve) => {
    const stop = () => {
      process.removeListener('SIGINT', stop);
      process.removeListener('SIGTERM', stop);
      resolve('');
    };
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
  });
}
