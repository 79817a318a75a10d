/** Makes something of a route's schema once: the same schema stands in many routes. */
export function bySchema<Route extends { schema?: unknown }, T>(
  make: (route: Route) => T,
): (route: Route) => T {
  const made = new Map<string, T>();
  return (route) => {
    const text = JSON.stringify(route.schema);
    const known = made.get(text) ?? make(route);
    made.set(text, known);
    return known;
  };
}
