// Addresses as people send them to each other: nothing in them that says nothing.

/**
 * Whether a query has more than its shortest address. A form sends its empty fields as well, and what makes no sense is
 * dropped.
 */
export function needlessIn(query: unknown, shortest: string): boolean {
  const wanted = new URL(shortest, 'http://desk').searchParams;
  return Object.keys(Object(query)).some((name) => !wanted.has(name));
}
