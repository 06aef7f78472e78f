import { Component, type ComponentChildren } from 'preact';
import { BrokenView } from '../view/notices.tsx';

interface Props {
  readonly children: ComponentChildren;
  /** A new value draws the view again: another place, another asset. */
  readonly place: string;
}
interface State {
  readonly error: string | null;
  readonly place: string;
}

/** Keeps a mistake in one view from taking the page down: the view says that it could not be drawn, everything else goes on. */
export class Boundary extends Component<Props, State> {
  override state: State = { error: null, place: this.props.place };

  static override getDerivedStateFromError(error: unknown): Partial<State> {
    return { error: error instanceof Error ? error.message : String(error) };
  }

  static override getDerivedStateFromProps(props: Props, state: State): Partial<State> | null {
    return props.place === state.place ? null : { error: null, place: props.place };
  }

  override render(): ComponentChildren {
    const { error } = this.state;
    return error === null ? this.props.children : <BrokenView error={error} onRetry={() => this.setState({ error: null })} />;
  }
}
