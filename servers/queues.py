"""The two queues of tasks: what runs behind the pages, and what a person waits for."""

#: `TASK_QUEUE` where nobody sets it.
USUAL = "celery"


def for_people(queue: str) -> str:
    """The queue of what a person waits for, beside the portal's own queue, whose name `TASK_QUEUE` gives."""
    return f"{queue}-people"
