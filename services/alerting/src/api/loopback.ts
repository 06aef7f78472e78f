/** Whether a name is this machine and no other: `localhost`, 127.0.0.0/8 or ::1, as a URL writes them. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$/g, '');
  return name === 'localhost' || name === '::1' || /^127(\.\d{1,3}){3}$/.test(name);
}
