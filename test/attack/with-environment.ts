// Variables of the environment for as long as an act lasts: the product reads a few of them where it needs them.

export async function withEnvironment<Result>(variables: Readonly<Record<string, string>>, act: () => Promise<Result>): Promise<Result> {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, variables);
  try {
    return await act();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}
