type Act = (...given: never[]) => Promise<unknown>;

/** The same acts; after those named in `realmOf`, `tell` hears which realm they were about, however they ended. */
export function telling<T extends object>(
  acts: T,
  tell: (realm: string) => void,
  realmOf: {
    readonly [Name in keyof T]?: T[Name] extends (...given: infer G) => unknown ? (...given: G) => string : never;
  },
): T {
  const told = (Object.entries(realmOf) as [string, (...given: never[]) => string][]).map(([name, realm]) => {
    const act = acts[name as keyof T] as Act;
    const telling: Act = async (...given) => {
      try {
        return await act(...given);
      } finally {
        tell(realm(...given));
      }
    };
    return [name, telling];
  });
  return { ...acts, ...Object.fromEntries(told) } as T;
}
