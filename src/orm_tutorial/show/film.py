"""A film of a few lines: what each line sent, and what it made of the Session."""

from inspect import currentframe
from types import TracebackType

from sqlalchemy.orm import Session

from .camera import Camera
from .frames import Film
from .markup import shown

LIMIT = 30
"""Lines that a film shows; the others are counted."""


class film:  # noqa: N801  (it is called as a function)
    """Film the lines of a ``with`` block, and of the page's functions that they call.

    ``with film(session) as steps`` gives a :class:`~orm_tutorial.show.frames.Film`: a frame for
    each statement, with the SQL that it sent, the board of each of the ``sessions`` after it, and
    the ways that objects took from state to state. Objects are those that a Session knows, and
    those that the block names. No more than ``limit`` statements are shown, with the count of the
    rest.

    Raises TypeError when one of the ``sessions`` is no Session.
    """

    def __init__(self, *sessions: Session, limit: int = LIMIT) -> None:
        for each in sessions:
            if not isinstance(each, Session):
                raise TypeError(
                    f"film() films Sessions, and was given {shown(each)}; give what the factory "
                    "makes, or an AsyncSession's sync_session"
                )
        if not sessions:
            raise TypeError("film() films Sessions, and was given none: film(session)")
        self.sessions = sessions
        self.limit = limit

    def __enter__(self) -> Film:
        film = Film()
        here = currentframe()
        assert here is not None
        assert here.f_back is not None
        self.camera = Camera(film, self.sessions, self.limit, here.f_back)
        self.camera.start()
        return film

    def __exit__(
        self, kind: type[BaseException] | None, error: object, trace: TracebackType | None
    ) -> None:
        self.camera.stop(kind)
        del self.camera, self.sessions
