"""Letters: which products are cards, and which rules stand against a letter."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0022_who'),
    ]

    operations = [
        migrations.AddField(
            model_name='publishedrun',
            name='cards',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='casemark',
            name='letter',
            field=models.TextField(blank=True, default=''),
            preserve_default=False,
        ),
    ]
