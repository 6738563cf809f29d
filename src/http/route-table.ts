/** Patterns with `:names`, looked up part by part: a plain part wins over a name. */
export interface RouteTable<R> {
  /** `undefined`: no pattern has this path. `route` absent: the path is known, the method is not. */
  match(method: string, parts: readonly string[]): RouteMatch<R> | undefined;
}

export interface RouteMatch<R> {
  readonly route: R | undefined;
  readonly params: Readonly<Record<string, string>>;
  /** Methods the path answers to, for `Allow`. */
  readonly methods: readonly string[];
}

interface Node<R> {
  readonly plain: Map<string, Node<R>>;
  named?: Node<R>;
  /** Method → the route and the names of its parts, in order. */
  readonly routes: Map<string, { readonly route: R; readonly names: readonly string[] }>;
}

/** Throws when two routes have the same method and path. HEAD is answered by GET. */
export function createRouteTable<R extends { readonly method: string; readonly path: string }>(
  routes: readonly R[],
): RouteTable<R> {
  const root = emptyNode<R>();
  for (const route of routes) add(root, route);

  return {
    match(method, parts) {
      const values: string[] = [];
      const node = find(root, parts, 0, values);
      if (node === undefined) return undefined;
      const methods = [...node.routes.keys()];
      const found = node.routes.get(method === 'HEAD' ? 'GET' : method);
      if (found === undefined) return { route: undefined, params: {}, methods };
      const params = Object.fromEntries(found.names.map((name, index) => [name, values[index] ?? '']));
      return { route: found.route, params, methods };
    },
  };
}

const emptyNode = <R>(): Node<R> => ({ plain: new Map(), routes: new Map() });

function add<R extends { readonly method: string; readonly path: string }>(root: Node<R>, route: R): void {
  if (!/^(\/|(\/(:[A-Za-z]\w*|[\w.-]+))+)$/.test(route.path)) throw new Error(`"${route.path}" is not a route's path`);
  const names: string[] = [];
  let node = root;
  for (const part of route.path === '/' ? [] : route.path.slice(1).split('/')) {
    let next: Node<R> | undefined;
    if (part.startsWith(':')) {
      names.push(part.slice(1));
      next = node.named ??= emptyNode();
    } else {
      next = node.plain.get(part) ?? emptyNode();
      node.plain.set(part, next);
    }
    node = next;
  }
  if (node.routes.has(route.method)) throw new Error(`two routes for ${route.method} ${route.path}`);
  node.routes.set(route.method, { route, names });
}

function find<R>(node: Node<R>, parts: readonly string[], depth: number, values: string[]): Node<R> | undefined {
  const part = parts[depth];
  if (part === undefined) return node.routes.size > 0 ? node : undefined;
  const plain = node.plain.get(part);
  const byPlain = plain === undefined ? undefined : find(plain, parts, depth + 1, values);
  if (byPlain !== undefined || node.named === undefined) return byPlain;
  const kept = values.length;
  values.push(part);
  const byName = find(node.named, parts, depth + 1, values);
  if (byName === undefined) values.length = kept;
  return byName;
}
