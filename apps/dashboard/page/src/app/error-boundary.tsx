import { Component, type ComponentChildren } from 'preact';

interface Props {
  /** Another view is another try. */
  readonly view: string;
  readonly children: ComponentChildren;
}

interface State {
  readonly error: Error | null;
  readonly view: string;
}

/** A view that fails says so in its place; the rest of the page goes on. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { error: null, view: this.props.view };

  static override getDerivedStateFromError(error: unknown): Partial<State> {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  static override getDerivedStateFromProps(props: Props, state: State): Partial<State> | null {
    return props.view === state.view ? null : { view: props.view, error: null };
  }

  override render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <div class="problem" role="alert">
        <h1>This view could not be shown</h1>
        <p>
          The page made a mistake; nothing that is recorded is touched by it. Load the page again.
          If it comes back, please report what you did, and this line:
        </p>
        <p class="mono">{error.message}</p>
        <button type="button" onClick={() => location.reload()}>
          Load the page again
        </button>
      </div>
    );
  }
}
