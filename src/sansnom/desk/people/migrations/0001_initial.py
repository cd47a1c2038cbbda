import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import sansnom.desk.people.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Batch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("source", models.CharField(blank=True, max_length=200)),
                ("rows", models.PositiveIntegerField(default=0)),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Household",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="households",
                        to="people.batch",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "file_number",
                    models.CharField(default=sansnom.desk.people.models.new_file_number, max_length=40, unique=True),
                ),
                ("unnamed", models.BooleanField(default=False)),
                ("shown_name", models.CharField(blank=True, max_length=401)),
                ("sort_name", models.CharField(blank=True, max_length=401)),
                ("birth_year", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("birth_month", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("birth_day", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("birth_quality", models.CharField(default="unknown", max_length=16)),
                ("sex", models.CharField(blank=True, max_length=8)),
                ("country_of_birth", models.CharField(blank=True, max_length=2)),
                ("mother_tongue", models.CharField(blank=True, max_length=24)),
                ("best_language", models.CharField(blank=True, max_length=12)),
                ("needs_interpreter", models.BooleanField(default=False)),
                ("category", models.CharField(blank=True, max_length=32)),
                ("admission_date", models.DateField(blank=True, null=True)),
                ("arrival_date", models.DateField(blank=True, null=True)),
                ("region", models.CharField(blank=True, max_length=2)),
                ("postal_code", models.CharField(blank=True, max_length=16)),
                ("phone", models.CharField(blank=True, max_length=40)),
                ("contact_rule", models.CharField(default="any", max_length=12)),
                ("household_place", models.CharField(blank=True, max_length=12)),
                ("opened_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="persons",
                        to="people.batch",
                    ),
                ),
                (
                    "household",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="members",
                        to="people.household",
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="NameVariant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("given_names", models.CharField(blank=True, max_length=200)),
                ("family_names", models.CharField(blank=True, max_length=200)),
                ("family_first", models.BooleanField(default=False)),
                ("kind", models.CharField(default="usual", max_length=8)),
                ("quality", models.CharField(default="full", max_length=8)),
                ("preferred", models.BooleanField(default=False)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="names", to="people.person"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Correction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("field", models.CharField(max_length=40)),
                ("before", models.TextField(blank=True)),
                ("after", models.TextField(blank=True)),
                ("corrected_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("at_the_persons_request", models.BooleanField(default=False)),
                (
                    "corrected_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="corrections", to="people.person"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SamePerson",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("verdict", models.CharField(default="same", max_length=12)),
                ("decided_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "first",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="people.person",
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.person"
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SearchToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=1)),
                ("token", models.CharField(max_length=40)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="tokens", to="people.person"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SpokenLanguage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("language", models.CharField(max_length=12)),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="languages",
                        to="people.person",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["sort_name", "id"], name="person_sort"),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["birth_year", "birth_month", "birth_day"], name="person_birth"),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                condition=models.Q(("household__isnull", False)), fields=["household"], name="person_household"
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(condition=models.Q(("batch__isnull", False)), fields=["batch"], name="person_batch"),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("birth_quality__in", ("exact", "estimated", "year_only", "default_january", "unknown"))
                ),
                name="person_birth_quality",
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=models.Q(("contact_rule__in", ("any", "no_message", "never"))), name="person_contact_rule"
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=models.Q(("household_place__in", ("", "adult", "partner", "child", "parent", "other"))),
                name="person_household_place",
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("birth_day__isnull", True), ("birth_month__isnull", True)),
                    models.Q(
                        ("birth_day__isnull", True), ("birth_month__range", (1, 12)), ("birth_year__isnull", False)
                    ),
                    models.Q(
                        ("birth_day__range", (1, 31)), ("birth_month__range", (1, 12)), ("birth_year__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="person_birth_parts",
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("unnamed", False), models.Q(("shown_name", ""), ("sort_name", "")), _connector="OR"
                ),
                name="person_unnamed",
            ),
        ),
        migrations.AddConstraint(
            model_name="namevariant",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ("usual", "papers", "latin", "native", "birth", "other"))),
                name="name_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="namevariant",
            constraint=models.CheckConstraint(
                condition=models.Q(("quality__in", ("full", "partial", "assumed"))), name="name_quality"
            ),
        ),
        migrations.AddConstraint(
            model_name="namevariant",
            constraint=models.CheckConstraint(
                condition=models.Q(("family_names", ""), ("given_names", ""), _negated=True),
                name="name_of_at_least_one_word",
            ),
        ),
        migrations.AddConstraint(
            model_name="namevariant",
            constraint=models.UniqueConstraint(
                condition=models.Q(("preferred", True)), fields=("person",), name="name_one_preferred"
            ),
        ),
        migrations.AddIndex(
            model_name="sameperson",
            index=models.Index(fields=["first", "second"], name="same_person_pair"),
        ),
        migrations.AddConstraint(
            model_name="sameperson",
            constraint=models.CheckConstraint(
                condition=models.Q(("verdict__in", ("same", "different"))), name="same_person_verdict"
            ),
        ),
        migrations.AddConstraint(
            model_name="sameperson",
            constraint=models.CheckConstraint(
                condition=models.Q(("first__lt", models.F("second"))), name="same_person_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="sameperson",
            constraint=models.UniqueConstraint(
                condition=models.Q(("undone_at__isnull", True)), fields=("first", "second"), name="same_person_once"
            ),
        ),
        migrations.AddIndex(
            model_name="searchtoken",
            index=models.Index(fields=["kind", "token", "person"], name="token_search"),
        ),
        migrations.AddConstraint(
            model_name="spokenlanguage",
            constraint=models.UniqueConstraint(fields=("person", "language"), name="spoken_once"),
        ),
    ]
