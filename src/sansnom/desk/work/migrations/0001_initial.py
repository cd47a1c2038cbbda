import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("people", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Funder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name_fr", models.CharField(max_length=200)),
                ("name_en", models.CharField(max_length=200)),
                ("active", models.BooleanField(default=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Programme",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name_fr", models.CharField(max_length=200)),
                ("name_en", models.CharField(max_length=200)),
                ("confidential", models.BooleanField(default=False)),
                ("template", models.CharField(blank=True, max_length=32)),
                ("places", models.PositiveIntegerField(blank=True, null=True)),
                ("opened_on", models.DateField(blank=True, null=True)),
                ("closed_on", models.DateField(blank=True, null=True)),
                ("funders", models.ManyToManyField(blank=True, related_name="programmes", to="work.funder")),
                ("members", models.ManyToManyField(blank=True, related_name="programmes", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="GroupSession",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("service", models.CharField(max_length=32)),
                ("title", models.CharField(blank=True, max_length=200)),
                ("held_on", models.DateField()),
                ("minutes", models.PositiveIntegerField(blank=True, null=True)),
                ("mode", models.CharField(blank=True, max_length=8)),
                ("places", models.PositiveIntegerField(blank=True, null=True)),
                ("unnamed_count", models.PositiveIntegerField(default=0)),
                ("interpreter_language", models.CharField(blank=True, max_length=12)),
                ("childcare", models.BooleanField(default=False)),
                ("cancelled", models.BooleanField(default=False)),
                ("funders", models.ManyToManyField(blank=True, related_name="+", to="work.funder")),
                (
                    "staff",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sessions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sessions",
                        to="work.programme",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Grant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("amount_cents", models.BigIntegerField()),
                ("spent_cents", models.BigIntegerField(blank=True, null=True)),
                (
                    "funder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="grants", to="work.funder"
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="grants", to="work.programme"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Goal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("words", models.TextField()),
                ("set_on", models.DateField()),
                ("rating_start", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("rating_now", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("reached_on", models.DateField(blank=True, null=True)),
                ("dropped_on", models.DateField(blank=True, null=True)),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="people.batch",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to="people.person"),
                ),
                (
                    "programme",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="work.programme"),
                ),
            ],
            options={
                "abstract": False,
                "default_related_name": "%(class)ss",
            },
        ),
        migrations.CreateModel(
            name="FollowUp",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due_on", models.DateField()),
                ("words", models.CharField(blank=True, max_length=500)),
                ("done_on", models.DateField(blank=True, null=True)),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="people.batch",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to="people.person"),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="follow_ups",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="work.programme"),
                ),
            ],
            options={
                "abstract": False,
                "default_related_name": "%(class)ss",
            },
        ),
        migrations.CreateModel(
            name="Enrolment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("opened_on", models.DateField(blank=True, null=True)),
                ("closed_on", models.DateField(blank=True, null=True)),
                ("closing", models.CharField(blank=True, max_length=12)),
                ("last_seen", models.DateField(blank=True, null=True)),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="enrolments",
                        to="people.person",
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enrolments",
                        to="work.programme",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="EmploymentObservation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("observed_on", models.DateField()),
                ("status", models.CharField(max_length=32)),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="people.batch",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to="people.person"),
                ),
                (
                    "programme",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="work.programme"),
                ),
            ],
            options={
                "abstract": False,
                "default_related_name": "%(class)ss",
            },
        ),
        migrations.CreateModel(
            name="EducationObservation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("observed_on", models.DateField()),
                ("status", models.CharField(max_length=32)),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="people.batch",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to="people.person"),
                ),
                (
                    "programme",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="work.programme"),
                ),
            ],
            options={
                "abstract": False,
                "default_related_name": "%(class)ss",
            },
        ),
        migrations.CreateModel(
            name="CaseNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("about_on", models.DateField()),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="people.batch",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to="people.person"),
                ),
                (
                    "programme",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="work.programme"),
                ),
            ],
            options={
                "abstract": False,
                "default_related_name": "%(class)ss",
            },
        ),
        migrations.CreateModel(
            name="Assignment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_on", models.DateField()),
                ("until_on", models.DateField(blank=True, null=True)),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="people.batch",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to="people.person"),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assignments",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="work.programme"),
                ),
            ],
            options={
                "abstract": False,
                "default_related_name": "%(class)ss",
            },
        ),
        migrations.CreateModel(
            name="Assessment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("scale", models.CharField(max_length=8)),
                ("skill", models.CharField(max_length=16)),
                ("level", models.PositiveSmallIntegerField()),
                ("assessed_on", models.DateField()),
                ("method", models.CharField(blank=True, max_length=200)),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="people.batch",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to="people.person"),
                ),
                (
                    "programme",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="work.programme"),
                ),
            ],
            options={
                "abstract": False,
                "default_related_name": "%(class)ss",
            },
        ),
        migrations.CreateModel(
            name="Appointment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_at", models.DateTimeField()),
                ("minutes", models.PositiveIntegerField(default=60)),
                ("service", models.CharField(blank=True, max_length=32)),
                ("mode", models.CharField(blank=True, max_length=8)),
                ("state", models.CharField(default="planned", max_length=12)),
                ("interpreter_language", models.CharField(blank=True, max_length=12)),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="people.batch",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to="people.person"),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appointments",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="work.programme"),
                ),
            ],
            options={
                "abstract": False,
                "default_related_name": "%(class)ss",
            },
        ),
        migrations.CreateModel(
            name="Referral",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("service", models.CharField(blank=True, max_length=32)),
                ("to_organization", models.CharField(blank=True, max_length=32)),
                ("to_name", models.CharField(blank=True, max_length=200)),
                ("reason", models.CharField(blank=True, max_length=32)),
                ("sent_on", models.DateField(blank=True, null=True)),
                ("accepted", models.BooleanField(blank=True, null=True)),
                ("completed", models.BooleanField(blank=True, null=True)),
                ("answered_on", models.DateField(blank=True, null=True)),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="people.batch",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to="people.person"),
                ),
                (
                    "programme",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="work.programme"),
                ),
            ],
            options={
                "abstract": False,
                "default_related_name": "%(class)ss",
            },
        ),
        migrations.CreateModel(
            name="Service",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("service", models.CharField(max_length=32)),
                ("starts_on", models.DateField(blank=True, null=True)),
                ("ends_on", models.DateField(blank=True, null=True)),
                ("minutes", models.PositiveIntegerField(blank=True, null=True)),
                ("mode", models.CharField(blank=True, max_length=8)),
                ("status", models.CharField(blank=True, default="completed", max_length=16)),
                ("leave_reason", models.CharField(blank=True, max_length=32)),
                ("interpreter_language", models.CharField(blank=True, max_length=12)),
                ("childcare", models.BooleanField(default=False)),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="people.batch",
                    ),
                ),
                ("funders", models.ManyToManyField(blank=True, related_name="+", to="work.funder")),
                (
                    "person",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to="people.person"),
                ),
                (
                    "programme",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="work.programme"),
                ),
                (
                    "session",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="services",
                        to="work.groupsession",
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="services",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
                "default_related_name": "%(class)ss",
            },
        ),
        migrations.CreateModel(
            name="StaffHours",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("minutes", models.PositiveIntegerField()),
                ("kind", models.CharField(default="direct", max_length=16)),
                (
                    "programme",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="staff_hours",
                        to="work.programme",
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="staff_hours",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TurnedAway",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("service", models.CharField(max_length=32)),
                ("day", models.DateField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, max_length=32)),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="people.batch",
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="turned_away",
                        to="work.programme",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="WaitingEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("service", models.CharField(max_length=32)),
                ("joined_on", models.DateField()),
                ("left_on", models.DateField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, max_length=32)),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="people.batch",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="waiting",
                        to="people.person",
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="waiting",
                        to="work.programme",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CaseNoteVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("words", models.TextField()),
                ("written_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "note",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="work.casenote",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("note", "number"), name="note_version_once")],
            },
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("form", models.CharField(max_length=60)),
                ("subject", models.CharField(blank=True, max_length=60)),
                ("content", models.JSONField()),
                ("saved_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "owner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="drafts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("owner", "form", "subject"), name="draft_once")],
            },
        ),
        migrations.CreateModel(
            name="Need",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("service", models.CharField(max_length=32)),
                ("opened_on", models.DateField()),
                ("closed_on", models.DateField(blank=True, null=True)),
                ("outcome", models.CharField(blank=True, max_length=12)),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="people.batch",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to="people.person"),
                ),
                (
                    "programme",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="work.programme"),
                ),
            ],
            options={
                "abstract": False,
                "default_related_name": "%(class)ss",
                "indexes": [
                    models.Index(fields=["person", "opened_on"], name="need_person_day"),
                    models.Index(fields=["programme", "closed_on"], name="need_programme_closed"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ("", "met", "partly", "unmet", "withdrawn", "referred"))),
                        name="need_outcome",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_on__isnull", True), ("outcome", "")),
                            models.Q(
                                ("closed_on__gte", models.F("opened_on")), models.Q(("outcome", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="need_closed_with_outcome",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="groupsession",
            index=models.Index(fields=["programme", "held_on"], name="session_programme_day"),
        ),
        migrations.AddConstraint(
            model_name="groupsession",
            constraint=models.CheckConstraint(
                condition=models.Q(("mode__in", ("", "place", "phone", "video", "home", "outside", "written"))),
                name="session_mode",
            ),
        ),
        migrations.AddConstraint(
            model_name="grant",
            constraint=models.CheckConstraint(
                condition=models.Q(("starts_on__lte", models.F("ends_on"))), name="grant_order"
            ),
        ),
        migrations.AddIndex(
            model_name="goal",
            index=models.Index(fields=["person", "set_on"], name="goal_person_day"),
        ),
        migrations.AddConstraint(
            model_name="goal",
            constraint=models.CheckConstraint(
                condition=models.Q(("rating_start__isnull", True), ("rating_start__range", (1, 5)), _connector="OR"),
                name="goal_rating_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="goal",
            constraint=models.CheckConstraint(
                condition=models.Q(("rating_now__isnull", True), ("rating_now__range", (1, 5)), _connector="OR"),
                name="goal_rating_now",
            ),
        ),
        migrations.AddIndex(
            model_name="followup",
            index=models.Index(
                condition=models.Q(("done_on__isnull", True)), fields=["staff", "due_on"], name="follow_up_open"
            ),
        ),
        migrations.AddIndex(
            model_name="followup",
            index=models.Index(fields=["person", "due_on"], name="follow_up_person"),
        ),
        migrations.AddIndex(
            model_name="enrolment",
            index=models.Index(fields=["programme", "last_seen", "person"], name="enrolment_recent"),
        ),
        migrations.AddIndex(
            model_name="enrolment",
            index=models.Index(fields=["last_seen", "person"], name="enrolment_seen"),
        ),
        migrations.AddConstraint(
            model_name="enrolment",
            constraint=models.UniqueConstraint(fields=("person", "programme"), name="enrolment_once"),
        ),
        migrations.AddConstraint(
            model_name="enrolment",
            constraint=models.CheckConstraint(
                condition=models.Q(("closing__in", ("", "done", "left", "moved", "unreachable", "other"))),
                name="enrolment_closing",
            ),
        ),
        migrations.AddIndex(
            model_name="employmentobservation",
            index=models.Index(fields=["person", "observed_on"], name="employment_person_day"),
        ),
        migrations.AddIndex(
            model_name="educationobservation",
            index=models.Index(fields=["person", "observed_on"], name="education_person_day"),
        ),
        migrations.AddIndex(
            model_name="casenote",
            index=models.Index(fields=["person", "about_on"], name="note_person_day"),
        ),
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(
                condition=models.Q(("until_on__isnull", True)), fields=["staff", "person"], name="caseload_open"
            ),
        ),
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(fields=["person", "from_on"], name="assignment_person"),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until_on__isnull", True)),
                fields=("person", "programme"),
                name="assignment_one_open",
            ),
        ),
        migrations.AddIndex(
            model_name="assessment",
            index=models.Index(fields=["person", "assessed_on"], name="assessment_person_day"),
        ),
        migrations.AddIndex(
            model_name="assessment",
            index=models.Index(fields=["assessed_on"], name="assessment_day"),
        ),
        migrations.AddConstraint(
            model_name="assessment",
            constraint=models.CheckConstraint(condition=models.Q(("level__range", (1, 12))), name="assessment_level"),
        ),
        migrations.AddIndex(
            model_name="appointment",
            index=models.Index(fields=["staff", "starts_at"], name="appointment_staff"),
        ),
        migrations.AddIndex(
            model_name="appointment",
            index=models.Index(fields=["person", "starts_at"], name="appointment_person"),
        ),
        migrations.AddIndex(
            model_name="appointment",
            index=models.Index(fields=["programme", "starts_at"], name="appointment_programme"),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ("planned", "kept", "missed", "cancelled"))), name="appointment_state"
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(("mode__in", ("", "place", "phone", "video", "home", "outside", "written"))),
                name="appointment_mode",
            ),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(fields=["person", "sent_on"], name="referral_person_day"),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(fields=["programme", "sent_on"], name="referral_programme_day"),
        ),
        migrations.AddIndex(
            model_name="service",
            index=models.Index(fields=["person", "starts_on"], name="service_person_day"),
        ),
        migrations.AddIndex(
            model_name="service",
            index=models.Index(fields=["programme", "starts_on"], name="service_programme_day"),
        ),
        migrations.AddIndex(
            model_name="service",
            index=models.Index(fields=["staff", "starts_on"], name="service_staff_day"),
        ),
        migrations.AddIndex(
            model_name="service",
            index=models.Index(
                condition=models.Q(("session__isnull", False)), fields=["session"], name="service_session"
            ),
        ),
        migrations.AddIndex(
            model_name="service",
            index=models.Index(condition=models.Q(("batch__isnull", False)), fields=["batch"], name="service_batch"),
        ),
        migrations.AddConstraint(
            model_name="service",
            constraint=models.CheckConstraint(
                condition=models.Q(("mode__in", ("", "place", "phone", "video", "home", "outside", "written"))),
                name="service_mode",
            ),
        ),
        migrations.AddConstraint(
            model_name="service",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__isnull", True), ("starts_on__lte", models.F("ends_on")), _connector="OR"),
                name="service_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="service",
            constraint=models.UniqueConstraint(
                condition=models.Q(("session__isnull", False)), fields=("session", "person"), name="attendance_once"
            ),
        ),
        migrations.AddIndex(
            model_name="staffhours",
            index=models.Index(fields=["programme", "day"], name="hours_programme_day"),
        ),
        migrations.AddConstraint(
            model_name="staffhours",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ("direct", "preparation", "coordination", "administration", "other"))),
                name="hours_kind",
            ),
        ),
        migrations.AddIndex(
            model_name="turnedaway",
            index=models.Index(fields=["day"], name="turned_away_day"),
        ),
        migrations.AddIndex(
            model_name="waitingentry",
            index=models.Index(fields=["programme", "left_on", "joined_on"], name="waiting_programme"),
        ),
    ]
