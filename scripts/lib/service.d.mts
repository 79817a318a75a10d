export const service: { program: string; args: string[]; env: Record<string, string> };
