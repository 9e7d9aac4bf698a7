"""One migration in the place of many: what a new database needs of them, done at once."""

import importlib
from collections.abc import Iterator, Sequence

from django.apps import apps
from django.contrib.postgres.operations import CreateExtension
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import RunPython, RunSQL, SeparateDatabaseAndState
from django.db.migrations.operations.base import Operation
from django.db.migrations.operations.fields import FieldOperation
from django.db.migrations.operations.models import IndexOperation, ModelOperation
from django.db.migrations.state import ProjectState


def _model_of(operation: Operation) -> str | None:
    """The name of the model that an operation is about, as states know it; None where it is about none."""
    if isinstance(operation, ModelOperation):
        return str(operation.name).lower()
    return str(operation.model_name).lower() if isinstance(operation, FieldOperation | IndexOperation) else None


class AtOnce(Operation):
    """New tables as these migrations leave them, then their SQL, their rows and what they change of others, in their order.

    Django makes the classes of all models that touch a changed model anew for every field, index and trigger that a
    migration adds: half a minute of a processor for tables that are still empty. Here the states are walked through
    without any class, the tables are made in the form that the last of them has, and only what the states do not tell
    is carried out: extensions before the tables; SQL (policies, functions, triggers of our own) and rows after them.
    The migrations themselves stay, for databases that began with them, and are the only place where any of it is
    written; a migration with `replaces = [...]` and `operations = [AtOnce(replaces)]` does the same as they.

    What the replaced migrations do to tables that were there before them, and their SQL and Python, meets the last state
    and not that of its day; what they mend in rows finds none. `python -m tests.squashed` compares what both ways make.
    """

    reversible = False
    reduces_to_sql = False

    def __init__(self, replaces: Sequence[tuple[str, str]]) -> None:
        self.replaces = list(replaces)

    def _operations(self) -> Iterator[Operation]:
        for app_label, name in self.replaces:
            package = f"{apps.get_app_config(app_label).name}.migrations.{name}"
            yield from importlib.import_module(package).Migration.operations

    def _carried_out(self) -> Iterator[Operation]:
        """What changes the database: of an operation that keeps states apart, what it does beside them."""
        for operation in self._operations():
            yield from operation.database_operations if isinstance(operation, SeparateDatabaseAndState) else [operation]

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        # Without classes of models nothing is made anew.
        classes, before = state.__dict__.pop("apps", None), set(state.models)
        for operation in self._operations():
            operation.state_forwards(app_label, state)
        new = state.models.keys() - before
        # Where tables of before stayed as they were, only the classes of the new ones are lacking: they find those that
        # they refer to. Else whoever asks for a class next has all of them made once.
        if classes and not any((app_label, _model_of(one)) in before for one in self._operations()):
            classes.render_multiple([state.models[key] for key in sorted(new)])
            state.__dict__["apps"] = classes

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        new = [key for key in to_state.models if key[0] == app_label and key not in from_state.models]
        operations = list(self._carried_out())
        for operation in operations:
            if isinstance(operation, CreateExtension):
                operation.database_forwards(app_label, schema_editor, from_state, to_state)
        for key in new:
            schema_editor.create_model(to_state.apps.get_model(*key))
        for key in new:
            for trigger in to_state.models[key].options.get("triggers", []):
                schema_editor.execute(trigger.install_sql, params=None)
        for operation in operations:
            if isinstance(operation, RunSQL | RunPython):
                operation.database_forwards(app_label, schema_editor, to_state, to_state)
            elif (model := _model_of(operation)) and (app_label, model) not in new:
                operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return f"Make at once what {len(self.replaces)} migrations make"
