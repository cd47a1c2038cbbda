"""A report that was given out may be corrected by another one, which says what changed."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Two columns, and what always holds of them."""

    dependencies: ClassVar = [("own_report", "0001_initial")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="ownreport",
            name="corrects",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrections",
                to="own_report.ownreport",
            ),
        ),
        migrations.AddField(model_name="ownreport", name="what_changed", field=models.TextField(blank=True)),
        migrations.AddConstraint(
            model_name="ownreport",
            constraint=models.CheckConstraint(
                condition=models.Q(corrects__isnull=True, what_changed="")
                | (models.Q(corrects__isnull=False) & ~models.Q(what_changed="")),
                name="own_report_correction_says_what",
            ),
        ),
    ]
