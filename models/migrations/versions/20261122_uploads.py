"""uploads of workbooks"""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('column_name',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('institution', sa.String(length=40), nullable=False),
    sa.Column('target', sa.String(length=60), nullable=False),
    sa.Column('heading', sa.String(length=200), nullable=False),
    sa.Column('path', sa.String(length=100), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_column_name')),
    sa.UniqueConstraint('institution', 'target', 'heading', name=op.f('uq_column_name_institution_target_heading'))
    )
    op.create_table('upload',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('institution', sa.String(length=40), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('target', sa.String(length=60), nullable=False),
    sa.Column('file_name', sa.String(length=200), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('stage', sa.Enum('matching', 'reading', 'ready', 'confirmed', name='stage', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('sheets', sa.JSON(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('counts', sa.JSON(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('updated_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_upload_person_id_person')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_upload_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_upload')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('upload', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_upload_person_id'), ['person_id'], unique=False)

    op.create_table('upload_row',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('upload_id', sa.Integer(), nullable=False),
    sa.Column('sheet', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('cells', sa.JSON(), nullable=False),
    sa.Column('damage', sa.JSON(), nullable=False),
    sa.Column('fixes', sa.JSON(), nullable=False),
    sa.Column('state', sa.Enum('add', 'change', 'same', 'wrong', 'double', 'left_out', name='rowstate', native_enum=False, create_constraint=True, length=20), nullable=True),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('identity', sa.String(length=600), nullable=False),
    sa.Column('errors', sa.JSON(), nullable=False),
    sa.Column('notes', sa.JSON(), nullable=False),
    sa.Column('payload', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['upload_id'], ['upload.id'], name=op.f('fk_upload_row_upload_id_upload'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_upload_row'))
    )
    with op.batch_alter_table('upload_row', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_upload_row_upload_id_identity'), ['upload_id', 'identity'], unique=False)
        batch_op.create_index(batch_op.f('ix_upload_row_upload_id_state_id'), ['upload_id', 'state', 'id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('upload_row', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_upload_row_upload_id_state_id'))
        batch_op.drop_index(batch_op.f('ix_upload_row_upload_id_identity'))

    op.drop_table('upload_row')
    with op.batch_alter_table('upload', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_upload_person_id'))

    op.drop_table('upload')
    op.drop_table('column_name')
