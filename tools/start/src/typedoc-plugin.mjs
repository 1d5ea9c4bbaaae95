/**
 * TypeDoc plugin for docs/reference. In this project a file's doc comment stands at its top and says why the file exists; TypeDoc
 * looks only at what stands before a declaration. Here the comment of a file goes to what the file is about: its
 * first exported class or, without one, its first function, and so on. A library is called by its name.
 */
import { Comment, Converter, ReflectionKind } from 'typedoc';

/** What a file is about, before what it is about less. */
const KINDS = [
  ReflectionKind.Class,
  ReflectionKind.Function,
  ReflectionKind.Interface,
  ReflectionKind.TypeAlias,
  ReflectionKind.Variable,
];

/** @param {import('typedoc').Application} app */
export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, (context) => {
    for (const library of context.project.getReflectionsByKind(ReflectionKind.Module)) {
      library.name = library.name.replace(/\/src$/, '');
    }
    /** @type {Map<import('typescript').SourceFile, import('typedoc').DeclarationReflection>} */
    const subjects = new Map();
    for (const reflection of KINDS.flatMap((kind) => context.project.getReflectionsByKind(kind))) {
      const [declaration] = context.getSymbolFromReflection(reflection)?.declarations ?? [];
      if (declaration === undefined || !reflection.isDeclaration()) continue;
      const file = declaration.getSourceFile();
      if (!subjects.has(file)) subjects.set(file, reflection);
    }
    for (const [file, subject] of subjects) {
      const text = topComment(file.text);
      if (text === undefined) continue;
      const target = subject.signatures?.[0] ?? subject;
      const own = target.comment;
      target.comment = new Comment(
        [{ kind: 'text', text }, { kind: 'text', text: '\n\n' }, ...(own?.summary ?? [])],
        own?.blockTags,
        own?.modifierTags,
      );
    }
  });
}

/**
 * The comment that a file begins with, when it is the file's own: one right before a declaration is that one's.
 * @param {string} source
 */
export function topComment(source) {
  const match = /^\/\*\*([\s\S]*?)\*\/\n(?=\n|import |export (?:type )?[*{])/.exec(source);
  return match?.[1]
    ?.split('\n')
    .map((line) => line.replace(/^\s*\* ?/, ''))
    .join('\n')
    .trim();
}
