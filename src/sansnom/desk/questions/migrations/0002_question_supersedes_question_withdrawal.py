"""A question may be taken back by its asker, or corrected by another: what was kept before is read for it."""

import json
from typing import Any, ClassVar

from django.db import migrations, models


def read_what_is_kept(apps: Any, _schema: Any) -> None:  # noqa: ANN401 - Django's historical models have no types
    """Read from each kept plan whether it says that it corrects another."""
    question = apps.get_model("questions", "Question")
    for kept in question.objects.all():
        kept.supersedes = str(json.loads(kept.envelope)["signed"].get("supersedes", ""))
        kept.save(update_fields=["supersedes"])


class Migration(migrations.Migration):
    """Two columns, the first filled from the plans."""

    dependencies: ClassVar = [("questions", "0001_initial")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="question",
            name="supersedes",
            field=models.CharField(blank=True, db_index=True, max_length=64),
        ),
        migrations.AddField(model_name="question", name="withdrawal", field=models.TextField(blank=True)),
        migrations.RunPython(read_what_is_kept, migrations.RunPython.noop),
    ]
